using System.Net.WebSockets;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Circuits are for who is signed in; an account and an address have shares of them, and open them at a pace.</summary>
public sealed class CircuitAdmissionTests : IAsyncLifetime
{
    private const string Negotiate = "/_blazor/negotiate?negotiateVersion=1";

    private DashboardHost _host = null!;
    private FormVisitor _first = null!;
    private FormVisitor _second = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new DashboardHostOptions
        {
            Configuration =
            {
                ["Presence:Http:KnownProxies"] = "127.0.0.1",
                ["Presence:Limits:PageConnections"] = "5",
                ["Presence:Limits:PageConnectionsPerAddress"] = "3",
                ["Presence:Limits:PageConnectionsPerAccount"] = "2",
                ["Presence:Limits:PageOpensPerSecond"] = "1",
                ["Presence:Limits:PageOpenBurst"] = "3",
            },
        };
        foreach (var (key, value) in ModeratorOfTests.Configuration)
            options.Configuration[key] = value;
        _host = await DashboardHost.StartAsync(options);
        _first = await SignInAsync(ModeratorOfTests.Email);
        await ModeratorOfTests.MakeAsync(_host, "other@example.com", ModeratorRole.Observer);
        _second = await SignInAsync("other@example.com");
        await ModeratorOfTests.MakeAsync(_host, "third@example.com", ModeratorRole.Observer);
    }

    public async ValueTask DisposeAsync()
    {
        _first.Dispose();
        _second.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Circuits_WithoutAGoodCookie_AreNeitherNegotiatedNorOpened()
    {
        (await _host.PostAsync(Negotiate)).IsRefusal(401, 400100);
        (await _host.PostAsync(Negotiate, headers: ("Cookie", "presence-moderator=made-up"))).IsRefusal(401, 400100);
        (await _host.PostAsync(Negotiate, DashboardHost.ServerKey)).IsRefusal(401, 400100);
        Assert.Equal(401, await StatusOfOpeningAsync(cookie: null));
        Assert.Equal(401, await StatusOfOpeningAsync("presence-moderator=made-up"));
        Assert.Equal(401, (await _host.GetAsync("/_blazor?id=guess")).Status); // what browsers fall back to

        Assert.Equal(200, (await _host.PostAsync(Negotiate, headers: ("Cookie", CookieOf(_first)))).Status);
        Assert.Equal(101, await StatusOfOpeningAsync(CookieOf(_first)));
        Assert.Empty(_host.Log.Faults);
    }

    [Fact]
    public async Task Circuits_BeyondAShareOrTheCap_AreRefusedInWordsAndThereIsRoomAgainAfterOneWent()
    {
        using var third = await SignInAsync("third@example.com");
        var open = new List<ClientWebSocket>();
        try
        {
            open.Add(await OpenAsync(CookieOf(_first), "203.0.113.5"));
            open.Add(await OpenAsync(CookieOf(_first), "203.0.113.5"));
            await IsFullAsync(_first, "203.0.113.6", "PageConnectionsPerAccount");
            open.Add(await OpenAsync(CookieOf(_second), "203.0.113.5"));
            await IsFullAsync(_second, "203.0.113.5", "PageConnectionsPerAddress");
            open.Add(await OpenAsync(CookieOf(_second), "203.0.113.6")); // what was refused was given back
            open.Add(await OpenAsync(CookieOf(third), "203.0.113.6"));
            await IsFullAsync(third, "203.0.113.7", "PageConnections)");

            open[0].Dispose();
            await Eventually.TrueAsync(async () => await StatusOfOpeningAsync(CookieOf(_first), "203.0.113.5") == 101, "there is room again");
            Assert.Empty(_host.Log.Faults);
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Negotiations_OfAnAccountBeyondItsPace_AreRefusedAndThoseOfAnotherAreNot()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await _host.PostAsync(Negotiate, headers: ("Cookie", CookieOf(_first)))).Status);

        var refused = await _host.PostAsync(Negotiate, headers: ("Cookie", CookieOf(_first)));
        for (var i = 0; i < 1_000 && refused.Status == 200; i++) // one a second passes
            refused = await _host.PostAsync(Negotiate, headers: ("Cookie", CookieOf(_first)));

        refused.IsRefusal(429, 400311);
        Assert.Equal(200, (await _host.PostAsync(Negotiate, headers: ("Cookie", CookieOf(_second)))).Status);
    }

    private async Task<FormVisitor> SignInAsync(string email)
    {
        var visitor = new FormVisitor(_host.BaseAddress);
        (await visitor.SignInAsync(email, ModeratorOfTests.Password)).Dispose();
        return visitor;
    }

    private string CookieOf(FormVisitor visitor) => visitor.Cookies.GetCookieHeader(_host.BaseAddress);

    private async Task IsFullAsync(FormVisitor visitor, string address, string share)
    {
        var refused = await _host.GetAsync("/_blazor?id=x", headers: [("Cookie", CookieOf(visitor)), ("X-Forwarded-For", address)]);
        refused.IsRefusal(429, 499602);
        Assert.Contains("Presence__Limits__" + share, refused.Message, StringComparison.Ordinal);
        Assert.Equal(429, await StatusOfOpeningAsync(CookieOf(visitor), address));
    }

    private async Task<ClientWebSocket> OpenAsync(string cookie, string address)
    {
        var socket = NewSocket(cookie, address);
        await socket.ConnectAsync(Hub(), Cancel);
        return socket;
    }

    private async Task<int> StatusOfOpeningAsync(string? cookie, string? address = null)
    {
        using var socket = NewSocket(cookie, address);
        try
        {
            await socket.ConnectAsync(Hub(), Cancel);
            return 101;
        }
        catch (WebSocketException)
        {
            return (int)socket.HttpStatusCode;
        }
    }

    private static ClientWebSocket NewSocket(string? cookie, string? address)
    {
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        if (cookie is not null)
            socket.Options.SetRequestHeader("Cookie", cookie);
        if (address is not null)
            socket.Options.SetRequestHeader("X-Forwarded-For", address);
        return socket;
    }

    private Uri Hub() => new UriBuilder(_host.BaseAddress) { Scheme = "ws", Path = "/_blazor" }.Uri;
}
