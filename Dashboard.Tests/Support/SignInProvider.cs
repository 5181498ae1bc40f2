using System.Diagnostics;
using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Presence.Dashboard.Tests.Docs;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A real OpenID Connect provider in a process of its own (SignInProvider/provider.mjs): everybody signs in by name.</summary>
public sealed class SignInProvider : IAsyncDisposable
{
    public const string Secret = "the secret of a test's dashboard";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new();
    private Process? _process;

    private SignInProvider(int port) => Issuer = new Uri($"http://127.0.0.1:{port}");

    public Uri Issuer { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Reserves its address, which a dashboard must know first.</summary>
    public static SignInProvider Reserve() => new(Tool.FreePort());

    /// <summary>What a dashboard is configured with.</summary>
    public Dictionary<string, string?> Configuration => new(StringComparer.Ordinal)
    {
        ["Presence:SignIn:OpenIdConnect:Issuer"] = Issuer.AbsoluteUri.TrimEnd('/'),
        ["Presence:SignIn:OpenIdConnect:ClientId"] = "presence",
        ["Presence:SignIn:OpenIdConnect:ClientSecret"] = Secret,
        ["Presence:SignIn:OpenIdConnect:Scopes"] = "openid,email,groups",
        ["Presence:SignIn:OpenIdConnect:Name"] = "Campus",
        ["Presence:SignIn:OpenIdConnect:AdminGroups"] = "crew-leads",
        ["Presence:SignIn:OpenIdConnect:ModeratorGroups"] = "crew",
        ["Presence:SignIn:OpenIdConnect:ObserverGroups"] = "guests",
    };

    /// <summary>Starts it for a dashboard.</summary>
    /// <param name="dashboard">Where people open the dashboard.</param>
    /// <param name="secret">The secret it expects.</param>
    /// <param name="named">What it calls itself; its own address without.</param>
    public async Task StartAsync(Uri dashboard, string secret = Secret, string? named = null)
    {
        var start = new ProcessStartInfo("node", ["provider.mjs", $"{Issuer.Port}", secret, dashboard.AbsoluteUri.TrimEnd('/')])
        {
            WorkingDirectory = Path.Combine(RepositoryFiles.Root, "Dashboard.Tests", "SignInProvider"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (named is not null)
            start.ArgumentList.Add(named);
        _process = Process.Start(start)!;
        var errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        ending.CancelAfter(Patience);
        string? line;
        do
            line = await _process.StandardOutput.ReadLineAsync(ending.Token);
        while (line is not (null or "ready"));
        if (line is null)
            Assert.Fail("The provider ended. It needs npm ci --prefix Dashboard.Tests. " + await errors);
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None); // or it would wait for a reader
    }

    /// <summary>Puts a person into groups, and out of all others.</summary>
    public async Task SetGroupsAsync(string person, params string[] groups)
    {
        using var reply = await _client.GetAsync(new Uri(Issuer, $"/groups?of={person}{string.Concat(groups.Select(group => "&in=" + group))}"), Cancel);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_process is not { } process)
            return;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>One person's browser at the provider, without scripts.</summary>
    public sealed class Visitor : IDisposable
    {
        private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

        /// <summary>Signs in by name, or with a session from before, after a dashboard sent the browser here.</summary>
        /// <param name="begin">Where the dashboard sent it.</param>
        /// <param name="person">The name; null to cancel.</param>
        /// <returns>Where the provider sends it back to.</returns>
        public async Task<Uri> SignInAsync(Uri begin, string? person)
        {
            var (at, page) = await FollowAsync(new HttpRequestMessage(HttpMethod.Get, begin), begin);
            if (page is null)
                return at;
            using var document = page;
            var action = document.QuerySelector("form")!.GetAttribute("action")!;
            if (person is null)
                return (await FollowAsync(new HttpRequestMessage(HttpMethod.Get, action + "/abort"), begin)).At;
            return (await PostAsync(begin, action, ("prompt", "login"), ("login", person), ("password", "any"))).At;
        }

        /// <summary>Confirms that one signs out here as well.</summary>
        /// <returns>Where the provider sends it back to.</returns>
        public async Task<Uri> SignOutAsync(Uri begin)
        {
            var (_, page) = await FollowAsync(new HttpRequestMessage(HttpMethod.Get, begin), begin);
            using var document = page!;
            return (await PostAsync(begin, document.QuerySelector("form")!.GetAttribute("action")!, ("xsrf", document.QuerySelector("input[name=xsrf]")!.GetAttribute("value")!), ("logout", "yes"))).At;
        }

        public void Dispose() => _client.Dispose();

        private Task<(Uri At, IHtmlDocument? Page)> PostAsync(Uri begin, string target, params (string Name, string Value)[] fields) =>
            FollowAsync(new HttpRequestMessage(HttpMethod.Post, target) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) }, begin);

        /// <summary>Until there is a page, or the way leads elsewhere.</summary>
        private async Task<(Uri At, IHtmlDocument? Page)> FollowAsync(HttpRequestMessage request, Uri begin)
        {
            while (true)
            {
                using var answer = await _client.SendAsync(request, Cancel);
                var at = request.RequestUri!;
                request.Dispose();
                if (answer.Headers.Location is not { } next)
                    return (at, new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Cancel)));
                next = new Uri(at, next);
                if (next.Authority != begin.Authority)
                    return (next, null);
                request = new HttpRequestMessage(HttpMethod.Get, next);
            }
        }
    }
}
