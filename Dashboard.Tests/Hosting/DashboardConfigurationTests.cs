using Microsoft.Extensions.Configuration;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class DashboardConfigurationTests
{
    [Fact]
    public void Read_NothingConfigured_GivesTheDocumentedDefaults()
    {
        var options = Read();

        Assert.Equal("./data", options.Data);
        Assert.Equal(TimeSpan.FromDays(30), options.Clients.TokenLifetime);
        Assert.Null(options.Clients.Key);
        Assert.Null(options.Server.Key);
        Assert.Equal(200_000, options.Limits.Rooms);
    }

    [Theory]
    [InlineData(true, null, null, true)]
    [InlineData(false, null, null, false)]
    [InlineData(false, "true", null, true)]
    [InlineData(false, null, "true", true)]
    [InlineData(true, null, "false", false)]
    public void AllowUnverifiedLogin_Unless_Said_IsForDevelopmentAndDemoAlone(bool development, string? demo, string? said, bool allowed)
    {
        var options = Read(development, ("Demo", demo), ("Clients:AllowUnverifiedLogin", said), ("Clients:AllowGuests", said));

        Assert.Equal(allowed, options.Clients.AllowUnverifiedLogin);
        Assert.Equal(allowed, options.Clients.AllowGuests);
    }

    [Fact]
    public void Data_OfADemo_IsAFolderOfItsOwn() =>
        Assert.Equal(Path.Combine("/srv/presence", "demo"), Read(false, ("Demo", "true"), ("Data", "/srv/presence")).Data);

    [Fact]
    public void Read_ManyMistakes_NamesEveryOneAtOnce()
    {
        var refusal = Assert.Throws<ConfigurationRefusedException>(() => Read(
            false,
            ("Demo", "perhaps"),
            ("Clients:Kye", "typo"),
            ("Clients:TokenLifetime", "30"),
            ("Clients:Origins", "https://a.example, ftp://b.example"),
            ("Server:Key", "short"),
            ("Setup:AdminPassword", "short"),
            ("Initial:HeartbeatInterval", "60"),
            ("Initial:PresenceTimeout", "61"),
            ("Http:PublicUrl", "presence.example.com"),
            ("Http:KnownProxies:0", "10.0.0.0/99"),
            ("Limits:Rooms", "0")));

        Assert.Collection(
            refusal.Problems.Order(StringComparer.Ordinal),
            problem => Assert.Equal("Presence__Clients__Kye: unknown key. docs/configuration.md lists them all.", problem),
            problem => Assert.Equal("Presence__Clients__Origins: \"ftp://b.example\" is not an address of the form https://presence.example.com, without a path.", problem),
            problem => Assert.Equal("Presence__Clients__TokenLifetime: \"30\" is not a duration from 1h to 400d: a number followed by s, m, h or d, such as 12h or 30d.", problem),
            problem => Assert.Equal("Presence__Demo: \"perhaps\" is neither true nor false.", problem),
            problem => Assert.Equal("Presence__Http__KnownProxies: \"10.0.0.0/99\" is neither an IP address nor a network such as 10.0.0.0/8.", problem),
            problem => Assert.Equal("Presence__Http__PublicUrl: \"presence.example.com\" is not an address of the form https://presence.example.com or https://example.com/presence, without a query.", problem),
            problem => Assert.StartsWith("Presence__Initial__PresenceTimeout: The presence timeout (61 s) must be at least 5 s longer", problem, StringComparison.Ordinal),
            problem => Assert.Equal("Presence__Limits__Rooms: \"0\" is not a whole number from 1 to 100000000.", problem),
            problem => Assert.Equal("Presence__Server__Key: the key must have 32 to 128 characters, not 5.", problem),
            problem => Assert.StartsWith("Presence__Setup__AdminEmail: a password without an email", problem, StringComparison.Ordinal),
            problem => Assert.Equal("Presence__Setup__AdminPassword: the password must have at least 12 characters.", problem));
        Assert.StartsWith("The configuration has 11 problems:", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AMisplacedKey_SuggestsTheRightOne()
    {
        var refusal = Assert.Throws<ConfigurationRefusedException>(() => Read(false, ("PublicUrl", "https://presence.example.com")));

        Assert.Equal(["Presence__PublicUrl: unknown key. Did you mean Presence__Http__PublicUrl?"], refusal.Problems);
    }

    [Fact]
    public void Read_ABadSecret_IsNotRepeated()
    {
        var refusal = Assert.Throws<ConfigurationRefusedException>(() => Read(false, ("Server:Key", "hunter2"), ("Setup:AdminEmail", "a@b.c"), ("Setup:AdminPassword", "hunter2")));

        Assert.DoesNotContain("hunter2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_GivenByCommaOrByIndex_AreTheSame()
    {
        var byComma = Read(false, ("Clients:Origins", "https://a.example,https://b.example"));
        var byIndex = Read(false, ("Clients:Origins:0", "https://a.example"), ("Clients:Origins:1", "https://b.example"));

        Assert.Equal(["https://a.example", "https://b.example"], byComma.Clients.Origins);
        Assert.Equal(byComma.Clients.Origins, byIndex.Clients.Origins);
    }

    [Fact]
    public void OpenIdConnect_WithAnIssuerAClientAndGroups_IsRead()
    {
        var provider = Read(false, ("SignIn:OpenIdConnect:Issuer", "https://login.example.com/realms/main"), ("SignIn:OpenIdConnect:ClientId", "presence"), ("SignIn:OpenIdConnect:AdminGroups", "crew,leads"), ("SignIn:LocalAccounts", "false")).SignIn.OpenIdConnect;

        Assert.Equal(["crew", "leads"], provider.AdminGroups);
        Assert.Equal(["openid", "profile", "email"], provider.Scopes);
        Assert.Equal(TimeSpan.FromHours(8), provider.Lifetime);
    }

    [Theory]
    [InlineData("Presence__SignIn__OpenIdConnect__ClientId: is missing", "OpenIdConnect:Issuer=https://a.example", "OpenIdConnect:AdminGroups=a")]
    [InlineData("Presence__SignIn__OpenIdConnect__Issuer: \"http://a.example\" must be a URL", "OpenIdConnect:Issuer=http://a.example", "OpenIdConnect:ClientId=a", "OpenIdConnect:AdminGroups=a")]
    [InlineData("Presence__SignIn__OpenIdConnect__AdminGroups: without groups", "OpenIdConnect:Issuer=https://a.example", "OpenIdConnect:ClientId=a")]
    [InlineData("Presence__SignIn__OpenIdConnect__Scopes: must contain openid", "OpenIdConnect:Issuer=https://a.example", "OpenIdConnect:ClientId=a", "OpenIdConnect:AdminGroups=a", "OpenIdConnect:Scopes=email")]
    [InlineData("Presence__SignIn__OpenIdConnect__ClientId: has no effect", "OpenIdConnect:ClientId=a")]
    [InlineData("Presence__SignIn__LocalAccounts: without local accounts, nobody can sign in", "LocalAccounts=false")]
    [InlineData("Presence__SignIn__LocalAccounts: without local accounts, nobody can be Admin", "LocalAccounts=false", "OpenIdConnect:Issuer=https://a.example", "OpenIdConnect:ClientId=a", "OpenIdConnect:ObserverGroups=*")]
    public void OpenIdConnect_ThatCannotWork_RefusesTheStart(string problem, params string[] configured)
    {
        var refusal = Assert.Throws<ConfigurationRefusedException>(() => Read(false, [.. configured.Select(pair => ("SignIn:" + pair.Split('=')[0], (string?)pair.Split('=')[1]))]));

        Assert.StartsWith(problem, Assert.Single(refusal.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90m", 90)]
    [InlineData("2h", 120)]
    [InlineData("30d", 43_200)]
    [InlineData("3600s", 60)]
    public void Duration_WithItsUnit_IsRead(string text, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Read(false, ("Clients:TokenLifetime", text)).Clients.TokenLifetime);

    [Theory]
    [InlineData("59m")]
    [InlineData("401d")]
    [InlineData("-1d")]
    [InlineData("1.5d")]
    [InlineData("d")]
    [InlineData("99999999999999999999d")]
    [InlineData("2147483647d")]
    public void Duration_OutOfRangeOrMalformed_IsRefused(string text) =>
        Assert.Throws<ConfigurationRefusedException>(() => Read(false, ("Clients:TokenLifetime", text)));

    private static DashboardOptions Read(bool development = false, params (string Key, string? Value)[] values)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(pair => KeyValuePair.Create("Presence:" + pair.Key, pair.Value)))
            .Build();
        return DashboardConfiguration.Read(configuration, development);
    }
}
