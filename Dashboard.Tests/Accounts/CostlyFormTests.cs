using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Forms that have a password hashed, posted as often as a stranger likes: how many hashes that buys.</summary>
public sealed class CostlyFormTests
{
    // More than the bucket holds, by no more than are refused with a page at once: the clock stands still, and lines of text take their second.
    private const int Posts = 24;
    private const int PostsWithPlaces = 15;

    private readonly CountingHasher _hasher = new();
    private readonly ManualTimeProvider _time = new(); // no bucket fills by itself

    public CostlyFormTests() => _time.SetUtcNow(TimeProvider.System.GetUtcNow()); // the visitor's cookies expire by the real clock

    [Fact]
    public void Forms_ThatHashPasswords_AreMarked()
    {
        var app = Presence.Dashboard.Hosting.DashboardApplication.Build(["--urls", "http://127.0.0.1:0"]);
        var marked = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HashesPasswordsAttribute>() is not null).Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).ToHashSet();

        Assert.Superset(new HashSet<string> { ModeratorAccounts.SignInPath, ModeratorAccounts.SetupPath, ModeratorAccounts.JoinPath, ModeratorAccounts.NewPasswordPath, AccountEndpoints.PasswordPath }, marked);
    }

    [Fact]
    public async Task SignIn_ManyAtOnceAtOneAccount_LooksAtFivePasswords()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);
        (await visitor.GetAsync("/sign-in")).Dispose(); // all of them with one form cookie
        _hasher.Forget();

        var replies = await Task.WhenAll(Enumerable.Range(0, PostsWithPlaces).Select(i => visitor.SignInAsync(ModeratorOfTests.Email, $"wrong, and long enough {i}")));

        Assert.InRange(_hasher.Count, 1, SignInThrottle.AllowedFailures);
        Assert.InRange(replies.Count(reply => reply.StatusCode == HttpStatusCode.OK), 1, SignInThrottle.AllowedFailures);
        Assert.All(replies.Where(reply => reply.StatusCode != HttpStatusCode.OK), SaysToWait);
    }

    [Fact]
    public async Task SignIn_WithAnyEmails_EndsWithTheBucketOfTheAddress()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);
        _hasher.Forget();

        var replies = new List<HttpResponseMessage>();
        for (var i = 0; i < Posts; i++)
            replies.Add(await visitor.SignInAsync($"user{i}@example.com", "wrong, and long enough"));

        Assert.Equal(20, replies.Count(reply => reply.StatusCode == HttpStatusCode.OK));
        Assert.Equal(20 + 1, _hasher.Count); // and once the hash that stands for accounts there are not
        Assert.All(replies.Skip(20), SaysToWait);
        var page = await RawHttp.ExchangeAsync(host.BaseAddress, "POST /sign-in HTTP/1.1\nHost: localhost\nAccept: text/html\nContent-Length: 0\nConnection: close\n\n");
        Assert.Contains("Retry-After: 1\r\n", page, StringComparison.Ordinal);
        Assert.Contains("<p>Too many attempts. Try again in 1 s.</p>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithTheRightPassword_MayBeRepeatedForEver()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < Posts; i++)
        {
            using var visitor = new FormVisitor(host.BaseAddress);
            using var reply = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
            Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        }
    }

    [Fact]
    public async Task PasswordForm_ManyAtOnce_LooksAtFivePasswords()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);
        (await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();
        _hasher.Forget();

        var replies = await Task.WhenAll(Enumerable.Range(0, PostsWithPlaces).Select(i =>
            visitor.PostFormToAsync("/account", AccountEndpoints.PasswordPath, ("current", $"wrong {i}"), ("new", "another horse battery"))));

        Assert.InRange(_hasher.Count, 1, SignInThrottle.AllowedFailures);
        Assert.All(replies, reply => Assert.Contains("outcome=", reply.Headers.Location?.OriginalString ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Join_ManyAtOnce_HashesNoMoreThanTheBucketHolds()
    {
        await using var host = await StartAsync();
        var invitation = await host.Services.GetRequiredService<InvitationStore>().IssueAsync("Ola", ModeratorRole.Observer, "a test", TestContext.Current.CancellationToken);
        using var visitor = new FormVisitor(host.BaseAddress);
        _hasher.Forget();

        for (var i = 0; i < Posts; i++)
            (await visitor.PostFormAsync(invitation.PathAndQuery, "join", ("Input.Email", "not an email"), ("Input.Password", "another horse battery"))).Dispose();

        Assert.Equal(20, _hasher.Count);
    }

    [Fact]
    public async Task SetUp_ManyAtOnce_HashesNoMoreThanTheBucketHolds()
    {
        await using var host = await StartAsync(withAccount: false);
        using var visitor = new FormVisitor(host.BaseAddress);
        _hasher.Forget();

        for (var i = 0; i < Posts; i++)
            (await visitor.PostFormAsync(ModeratorOfTests.SetupLinkOf(host).PathAndQuery!, "setup", ("Input.Email", "not an email"), ("Input.Password", "another horse battery"))).Dispose();

        Assert.Equal(20, _hasher.Count);
        Assert.True(ModeratorOfTests.SetupLinkOf(host).IsOpen);
    }

    [Fact]
    public async Task SignIn_WithAPasswordOrAnEmailOfAnySize_HashesNothing()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);
        _hasher.Forget();

        using var longPassword = await visitor.SignInAsync(ModeratorOfTests.Email, new string('x', 5_000));
        using var longForm = await visitor.SignInAsync(new string('x', 20_000), "wrong");

        Assert.Equal(HttpStatusCode.OK, longPassword.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, longForm.StatusCode);
        Assert.Equal(0, _hasher.Count);
    }

    [Fact]
    public async Task SignIn_WithAnOlderHash_RenewsItAndKeepsEverySession()
    {
        await using var host = await StartAsync(rounds: null);
        using var earlier = new FormVisitor(host.BaseAddress);
        (await earlier.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();
        var old = new PasswordHasher<ModeratorAccount>(Options.Create(new PasswordHasherOptions { IterationCount = 100_000 }));
        await ChangeAsync(host, account => account.PasswordHash = old.HashPassword(account, ModeratorOfTests.Password));

        using var visitor = new FormVisitor(host.BaseAddress);
        using var reply = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        var hash = Convert.FromBase64String((await ChangeAsync(host, _ => { })).PasswordHash!);
        using var still = await earlier.GetAsync("/account");

        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        // Identity's format: a marker, the function (2 is HMAC-SHA512), the rounds, each number big-endian.
        Assert.Equal((1, 2), (hash[0], hash[4]));
        Assert.InRange(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)), 210_000u, uint.MaxValue);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    private static void SaysToWait(HttpResponseMessage reply)
    {
        Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
        Assert.InRange(int.Parse(Assert.Single(reply.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture), 1, 300);
    }

    private static async Task<ModeratorAccount> ChangeAsync(DashboardHost host, Action<ModeratorAccount> change)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = (await accounts.FindByEmailAsync(ModeratorOfTests.Email))!;
        change(account);
        Assert.True((await accounts.UpdateAsync(account)).Succeeded);
        return account;
    }

    private Task<DashboardHost> StartAsync(bool withAccount = true, int? rounds = 1_000) => DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration = withAccount ? ModeratorOfTests.Configuration : [],
        Time = _time,
        PasswordRounds = rounds,
        Services = services =>
        {
            if (rounds is not null)
                services.AddSingleton<IPasswordHasher<ModeratorAccount>>(_hasher);
        },
    });

    /// <summary>The real hasher, and how often it was asked.</summary>
    private sealed class CountingHasher : PasswordHasher<ModeratorAccount>
    {
        private int _count;

        public CountingHasher()
            : base(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 }))
        {
        }

        public int Count => Volatile.Read(ref _count);

        public void Forget() => Volatile.Write(ref _count, 0);

        public override string HashPassword(ModeratorAccount user, string password)
        {
            Interlocked.Increment(ref _count);
            return base.HashPassword(user, password);
        }

        public override PasswordVerificationResult VerifyHashedPassword(ModeratorAccount user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref _count);
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
