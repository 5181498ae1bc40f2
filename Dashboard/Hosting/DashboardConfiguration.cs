using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Authentication.Jwt;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Hosting;

/// <summary>Turns configuration keys into <see cref="DashboardOptions"/>, or into the list of everything wrong with them.</summary>
internal static class DashboardConfiguration
{
    private const int ShortestJwtSecret = 32;
    private const int LongestJwtSecret = 1024;
    private static readonly TimeSpan ShortestSession = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestSession = TimeSpan.FromDays(400);

    /// <summary>Reads and checks the options, and registers them.</summary>
    /// <exception cref="ConfigurationRefusedException">Something is wrong; it lists all of it.</exception>
    public static DashboardOptions AddDashboardOptions(this WebApplicationBuilder builder)
    {
        var options = Read(builder.Configuration, builder.Environment.IsDevelopment());
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(Options.Create(options));
        return options;
    }

    public static DashboardOptions Read(IConfiguration configuration, bool isDevelopment)
    {
        var reader = new ConfigurationSectionReader(configuration.GetSection(DashboardOptions.Section));
        var options = Read(reader, isDevelopment);
        IReadOnlyList<string> problems =
        [
            .. reader.Problems(),
            .. from address in LocalAddress.Configured(configuration)
               let problem = LocalAddress.ProblemOf(address)
               where problem is not null
               select $"ASPNETCORE_URLS: \"{address}\" {problem}",
        ];
        return problems.Count == 0 ? options : throw new ConfigurationRefusedException(problems);
    }

    /// <summary>Every key there is, relative to the section: what docs/configuration.md must list.</summary>
    public static IReadOnlyCollection<string> Keys()
    {
        var reader = new ConfigurationSectionReader(new ConfigurationBuilder().Build().GetSection(DashboardOptions.Section));
        _ = Read(reader, isDevelopment: false);
        return reader.Known;
    }

    /// <summary>The options whose values are never shown.</summary>
    public static IReadOnlySet<string> Secrets()
    {
        var reader = new ConfigurationSectionReader(new ConfigurationBuilder().Build().GetSection(DashboardOptions.Section));
        _ = Read(reader, isDevelopment: false);
        return reader.Secrets;
    }

    private static DashboardOptions Read(ConfigurationSectionReader reader, bool isDevelopment)
    {
        var options = new DashboardOptions();
        options.Demo = reader.Switch("Demo") ?? options.Demo;
        options.Data = reader.Text("Data", ProblemOfPath) ?? options.Data;
        if (options.Demo)
            options.Data = Path.Combine(options.Data, "demo"); // simulated viewers never mix with real ones
        options.Canary = reader.Switch("Canary") ?? options.Canary;
        ReadClients(reader, options.Clients, open: isDevelopment || options.Demo);
        options.Server.Key = reader.Text("Server:Key", text => ProblemOfKey(text, 32), secret: true);
        ReadSetup(reader, options.Setup);
        ReadInitial(reader, options.Initial);
        options.Http.PublicUrl = reader.Text("Http:PublicUrl", ProblemOfPublicUrl);
        options.Http.Hosts = reader.List("Http:Hosts", ProblemOfHost);
        if (options.Http.Hosts.Length > 0 && !reader.Has("Http:PublicUrl"))
            reader.Refuse("Http:Hosts", "has no effect while Presence__Http__PublicUrl isn't set. Set that key as well.");
        options.Http.KnownProxies = reader.List("Http:KnownProxies", ProblemOfProxy);
        ReadSignIn(reader, options.SignIn);
        options.Users.KeepUnused = reader.Duration("Users:KeepUnused", TimeSpan.FromDays(1), TimeSpan.FromDays(3650), "1d to 3650d") ?? options.Users.KeepUnused;
        options.Users.Pictures = reader.Switch("Users:Pictures") ?? options.Users.Pictures;
        options.Unverified.Heartbeats = reader.Number("Unverified:Heartbeats", 0, 1000) ?? options.Unverified.Heartbeats;
        options.Unverified.ToleranceMilliseconds = reader.Number("Unverified:ToleranceMilliseconds", 1, 5000) ?? options.Unverified.ToleranceMilliseconds;
        options.Unverified.SessionsPerAddress = reader.Number("Unverified:SessionsPerAddress", 0, 1_000_000) ?? options.Unverified.SessionsPerAddress;
        options.Outbound.AllowedNetworks = reader.List("Outbound:AllowedNetworks", ProblemOfProxy);
        options.Metrics.Public = reader.Switch("Metrics:Public") ?? options.Metrics.Public;
        ReadBackup(reader, options.Backup);
        ReadLimits(reader, options.Limits);
        return options;
    }

    private static void ReadClients(ConfigurationSectionReader reader, DashboardOptions.ClientsOptions clients, bool open)
    {
        clients.Key = reader.Text("Clients:Key", text => ProblemOfKey(text, 1), secret: true);
        clients.AllowUnverifiedLogin = reader.Switch("Clients:AllowUnverifiedLogin") ?? open;
        clients.AllowGuests = reader.Switch("Clients:AllowGuests") ?? open;
        clients.Origins = reader.List("Clients:Origins", text => text == "*" ? "isn't needed. Leave the key out to allow any origin." : ProblemOfOrigin(text));
        clients.TokenLifetime = reader.Duration("Clients:TokenLifetime", TimeSpan.FromHours(1), TimeSpan.FromDays(400), "1h to 400d") ?? clients.TokenLifetime;
        ReadJwt(reader, clients.Jwt);
    }

    private static void ReadJwt(ConfigurationSectionReader reader, DashboardOptions.JwtOptions jwt)
    {
        jwt.Secret = reader.Text("Clients:Jwt:Secret", ProblemOfSecret, secret: true);
        jwt.PublicKey = reader.Text("Clients:Jwt:PublicKey", text => PublicKeyText.ProblemOf(text, out _), secret: true);
        jwt.JwksUrl = reader.Text("Clients:Jwt:JwksUrl", ProblemOfKeySetAddress);
        jwt.Issuer = reader.Text("Clients:Jwt:Issuer");
        jwt.Audience = reader.Text("Clients:Jwt:Audience");
        if (reader.Has("Clients:Jwt:Secret") || reader.Has("Clients:Jwt:PublicKey") || reader.Has("Clients:Jwt:JwksUrl"))
            return;
        foreach (var key in (ReadOnlySpan<string>)["Clients:Jwt:Issuer", "Clients:Jwt:Audience"])
        {
            if (reader.Has(key))
                reader.Refuse(key, "tokens can't be checked without a key. Set Presence__Clients__Jwt__Secret, __PublicKey or __JwksUrl as well.");
        }
    }

    private static void ReadSetup(ConfigurationSectionReader reader, DashboardOptions.SetupOptions setup)
    {
        setup.AdminEmail = reader.Text("Setup:AdminEmail", text => text.IndexOf('@') is > 0 and var at && at < text.Length - 1 ? null : "is not an email address.");
        setup.AdminPassword = reader.Text("Setup:AdminPassword", text => text.Length >= 12 ? null : "the password must have at least 12 characters.", secret: true);
        setup.AdminPasswordFile = reader.Text("Setup:AdminPassword_File", ProblemOfFile);

        var email = reader.Has("Setup:AdminEmail");
        var password = reader.Has("Setup:AdminPassword");
        var passwordFile = reader.Has("Setup:AdminPassword_File");
        if (password && passwordFile)
            reader.Refuse("Setup:AdminPassword_File", "set the password or the file, not both.");
        if (!email && (password || passwordFile))
            reader.Refuse("Setup:AdminEmail", "a password without an email creates no account. Set both.");
        if (email && !password && !passwordFile)
            reader.Refuse("Setup:AdminPassword", "an email without a password creates no account. Set this key or Presence__Setup__AdminPassword_File.");
    }

    private static void ReadSignIn(ConfigurationSectionReader reader, DashboardOptions.SignInOptions signIn)
    {
        const string range = "5m to 400d";
        signIn.Lifetime = reader.Duration("SignIn:Lifetime", ShortestSession, LongestSession, range) ?? signIn.Lifetime;
        signIn.IdleTimeout = reader.Duration("SignIn:IdleTimeout", ShortestSession, LongestSession, range) ?? (signIn.Lifetime < signIn.IdleTimeout ? signIn.Lifetime : signIn.IdleTimeout);
        if (signIn.IdleTimeout > signIn.Lifetime)
            reader.Refuse("SignIn:IdleTimeout", "must not be longer than Presence__SignIn__Lifetime, which ends the session.");
        signIn.LocalAccounts = reader.Switch("SignIn:LocalAccounts") ?? signIn.LocalAccounts;
        ReadProvider(reader, signIn.OpenIdConnect);
        if (signIn.LocalAccounts)
            return;
        if (!reader.Has("SignIn:OpenIdConnect:Issuer"))
            reader.Refuse("SignIn:LocalAccounts", "without local accounts, nobody can sign in. Set Presence__SignIn__OpenIdConnect__Issuer as well.");
        else if (signIn.OpenIdConnect.AdminGroups.Length == 0)
            reader.Refuse("SignIn:LocalAccounts", "without local accounts, nobody can be Admin. Set Presence__SignIn__OpenIdConnect__AdminGroups as well.");
        if (reader.Has("Setup:AdminEmail"))
            reader.Refuse("Setup:AdminEmail", "creates a local account, and Presence__SignIn__LocalAccounts is false. Leave one of them out.");
    }

    /// <summary>All of it is checked here: the handler looks at its options with each request, and would answer each with 500.</summary>
    private static void ReadProvider(ConfigurationSectionReader reader, DashboardOptions.ProviderOptions provider)
    {
        const string section = "SignIn:OpenIdConnect:";
        provider.Issuer = reader.Text(section + "Issuer", ProblemOfIssuer);
        provider.ClientId = reader.Text(section + "ClientId");
        provider.ClientSecret = reader.Text(section + "ClientSecret", secret: true);
        provider.ClientSecretFile = reader.Text(section + "ClientSecret_File", ProblemOfFile);
        provider.Name = reader.Text(section + "Name") ?? provider.Name;
        provider.RolesClaim = reader.Text(section + "RolesClaim") ?? provider.RolesClaim;
        provider.Scopes = reader.List(section + "Scopes", _ => null) is { Length: > 0 } scopes ? scopes : provider.Scopes;
        provider.AdminGroups = reader.List(section + "AdminGroups", _ => null);
        provider.ModeratorGroups = reader.List(section + "ModeratorGroups", _ => null);
        provider.ObserverGroups = reader.List(section + "ObserverGroups", _ => null);
        provider.Lifetime = reader.Duration(section + "Lifetime", ShortestSession, TimeSpan.FromHours(24), "5m to 24h") ?? provider.Lifetime;
        if (!reader.Has(section + "Issuer"))
        {
            if (reader.Has(section + "ClientId"))
                reader.Refuse(section + "ClientId", "has no effect without Presence__SignIn__OpenIdConnect__Issuer. Set that key as well.");
            return;
        }
        if (provider.ClientId is null)
            reader.Refuse(section + "ClientId", "is missing. Set it to the client id that the provider gave this dashboard.");
        if (!provider.Scopes.Contains("openid", StringComparer.Ordinal))
            reader.Refuse(section + "Scopes", "must contain openid.");
        if (provider is { AdminGroups: [], ModeratorGroups: [], ObserverGroups: [] })
            reader.Refuse(section + "AdminGroups", "without groups, nobody has a role. Set this key, Presence__SignIn__OpenIdConnect__ModeratorGroups or __ObserverGroups. * stands for everyone at the provider.");
        if (provider.ClientSecretFile is not { } file)
            return;
        if (provider.ClientSecret is not null)
            reader.Refuse(section + "ClientSecret_File", "set the secret or the file, not both.");
        provider.ClientSecret = File.ReadAllText(file).Trim();
    }

    private static void ReadInitial(ConfigurationSectionReader reader, DashboardOptions.InitialOptions initial)
    {
        initial.Enabled = reader.Switch("Initial:Enabled");
        initial.HeartbeatInterval = reader.Number("Initial:HeartbeatInterval", (int)PresenceSettingsRules.ShortestInterval.TotalSeconds, (int)PresenceSettingsRules.LongestInterval.TotalSeconds);
        initial.PresenceTimeout = reader.Number("Initial:PresenceTimeout", (int)PresenceSettingsRules.ShortestTimeout.TotalSeconds, (int)PresenceSettingsRules.LongestTimeout.TotalSeconds);

        var settings = PresenceSettings.Default;
        settings = settings with
        {
            HeartbeatInterval = initial.HeartbeatInterval is { } interval ? TimeSpan.FromSeconds(interval) : settings.HeartbeatInterval,
            PresenceTimeout = initial.PresenceTimeout is { } timeout ? TimeSpan.FromSeconds(timeout) : settings.PresenceTimeout,
        };
        foreach (var problem in PresenceSettingsRules.Problems(settings))
            reader.Refuse("Initial:PresenceTimeout", problem.Message);
    }

    private static void ReadBackup(ConfigurationSectionReader reader, DashboardOptions.BackupOptions backup)
    {
        backup.Nightly = reader.Switch("Backup:Nightly") ?? backup.Nightly;
        backup.Hour = reader.Number("Backup:Hour", 0, 23) ?? backup.Hour;
        backup.Keep = reader.Number("Backup:Keep", 1, 1000) ?? backup.Keep;
        backup.Folder = reader.Text("Backup:Folder", ProblemOfPath);
    }

    /// <summary>What is not said stays what it is: a share that follows its cap follows it also when the cap is lowered to what the machine has.</summary>
    private static void ReadLimits(ConfigurationSectionReader reader, DashboardOptions.LimitsOptions limits)
    {
        foreach (var limit in typeof(DashboardOptions.LimitsOptions).GetProperties())
        {
            var range = limit.GetCustomAttribute<RangeAttribute>()!;
            if (reader.Number($"Limits:{limit.Name}", (int)range.Minimum, (int)range.Maximum) is { } value)
                limit.SetValue(limits, value);
        }
    }

    private static string? ProblemOfPath(string text) =>
        text.Contains('\0') ? "is not a path." : File.Exists(text) ? "is a file. Set a folder." : null;

    private static string? ProblemOfFile(string text)
    {
        try
        {
            using var file = File.OpenRead(text);
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"isn't a file that {Environment.UserName}, the user the server runs as, can read.";
        }
    }

    private static string? ProblemOfKey(string text, int shortest)
    {
        if (text.Length < shortest || text.Length > 128)
            return $"the key must have {shortest} to 128 characters, not {text.Length}.";
        return text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "the key must consist of printable ASCII characters." : null;
    }

    private static string? ProblemOfSecret(string text) =>
        Encoding.UTF8.GetByteCount(text) is var length && length is >= ShortestJwtSecret and <= LongestJwtSecret
            ? null
            : $"the secret must have {ShortestJwtSecret} to {LongestJwtSecret} bytes, not {length}.";

    /// <summary>Anyone who can change the reply can impersonate any user, so it comes over TLS or from this machine.</summary>
    private static string? ProblemOfKeySetAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) && url.UserInfo.Length == 0
            ? null
            : "must be a URL such as https://auth.example.com/jwks.json. Plain http is allowed for this machine only.";

    private static string? ProblemOfIssuer(string text) =>
        ProblemOfKeySetAddress(text) is null && !text.AsSpan().ContainsAny('?', '#')
            ? null
            : "must be a URL such as https://login.example.com/realms/main, without a query. Plain http is allowed for this machine only.";

    private static string? ProblemOfOrigin(string text) =>
        IsAddress(text, out var url) && url.AbsolutePath == "/" ? null : "is not an address of the form https://presence.example.com, without a path.";

    private static string? ProblemOfPublicUrl(string text) =>
        !IsAddress(text, out var url) ? "is not an address of the form https://presence.example.com or https://example.com/presence, without a query."
        : IsBase(url.AbsolutePath) ? null
        : "has an invalid path. Use letters, digits and - . _ ~, as in https://example.com/presence.";

    private static bool IsAddress(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0 &&
        HostNames.CanonicalOrigin(url.GetLeftPart(UriPartial.Authority)) is not null;

    /// <summary>Cookies, proxies and browsers agree on a plain path only.</summary>
    private static bool IsBase(string path) =>
        path == "/" || path.TrimEnd('/').Split('/')[1..].All(part => Uri.UnescapeDataString(part) is { Length: > 0 } plain && plain.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '.' or '_' or '~'));

    private static string? ProblemOfHost(string text) =>
        HostNames.Canonical(text) is not null ? null : "is not a host name such as presence.internal, without a port.";

    private static string? ProblemOfProxy(string text) =>
        IPAddress.TryParse(text, out _) || IPNetwork.TryParse(text, out _) ? null : "is neither an IP address nor a network such as 10.0.0.0/8.";
}

/// <summary>The configuration cannot be started with. Carries everything that is wrong with it at once.</summary>
public sealed class ConfigurationRefusedException(IReadOnlyList<string> problems) : Exception(Describe(problems))
{
    /// <summary>One sentence a problem; each begins with the key as an environment variable spells it.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;

    private static string Describe(IReadOnlyList<string> problems) =>
        $"The configuration has {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}:{Environment.NewLine}" +
        string.Join(Environment.NewLine, problems.Select(problem => $"  {problem}"));
}
