using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>Posts of forms that have a password hashed, more of them at once than can be worked on: how many are in work, and how fast the rest is told no.</summary>
public sealed class FormReadingTests : IDisposable
{
    private const int Places = 1 + PasswordHashing.MostWaiting; // of two cores
    private const int Posts = 500;

    private static readonly TimeSpan ShortTime = TimeSpan.FromMilliseconds(1); // the clock's ticks are no whole milliseconds

    private readonly ManualTimeProvider _time = new();
    private readonly PasswordHashing _hashing = new(cores: 2);
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SignInThrottle _throttle;
    private readonly FormReadingMiddleware _middleware;
    private int _inWork;
    private int _addresses;

    public FormReadingTests()
    {
        _throttle = new SignInThrottle(new DashboardOptions(), _time);
        _middleware = new FormReadingMiddleware(_ => WorkAsync(), _throttle, _hashing, _time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _hashing.Dispose();

    [Fact]
    public async Task Posts_OfAnyNumberAtOnce_AreInWorkAsFarAsThereArePlaces()
    {
        var (posts, tasks) = PostAll(Posts);

        Assert.Equal(Places, _inWork);
        Assert.Equal(Posts - Places, posts.Count(post => post.Response.StatusCode == StatusCodes.Status429TooManyRequests));

        _answer.SetResult();
        await Task.WhenAll(tasks.Take(Places));
        await _middleware.InvokeAsync(Post());
        Assert.Equal(Places + 1, _inWork);
    }

    [Fact]
    public async Task Place_OfAFormThatIsAnsweredOrWaits_IsAnothers()
    {
        var (posts, tasks) = PostAll(Places);
        Assert.Null(_hashing.TryAdmit());

        await ((BegunResponse)posts[0].Features.Get<IHttpResponseFeature>()!).BeginAsync();
        using var ofAnswered = _hashing.TryAdmit();
        Assert.NotNull(ofAnswered);
        Assert.Null(_hashing.TryAdmit());

        var waiting = new SignInAttempt(TimeSpan.FromSeconds(10), _ => { }).WaitAsync(posts[1], _time);
        using var ofWaiting = _hashing.TryAdmit();
        Assert.NotNull(ofWaiting);
        Assert.Null(_hashing.TryAdmit());

        _answer.SetResult();
        await Task.WhenAll(tasks);
        _time.Advance(TimeSpan.FromSeconds(10));
        await waiting;
        // Each place was left once.
        Assert.Equal(Places - 2, Enumerable.Range(0, Posts).Count(_ => _hashing.TryAdmit() is not null));
    }

    [Fact]
    public async Task Refusals_OfAnyNumberAtOnce_AreAFewPagesAndThenLinesOneAfterTheOther()
    {
        PostAll(Places);
        var (posts, tasks) = PostAll(Posts);
        int Answered() => tasks.Count(task => task.IsCompleted);

        Assert.Equal(FormReadingMiddleware.PageBurst, Answered());
        Assert.Equal(FormReadingMiddleware.PageBurst, posts.Count(post => post.Features.Get<PageProblem>() is not null));

        _time.Advance(FormReadingMiddleware.Held - ShortTime);
        Assert.Equal(FormReadingMiddleware.PageBurst, Answered());
        for (var lines = 1; lines <= Posts - FormReadingMiddleware.PageBurst; lines += 99)
        {
            _time.Advance(lines == 1 ? ShortTime * 2 : FormReadingMiddleware.BetweenLines * 99);
            await Eventually.TrueAsync(() => Answered() == FormReadingMiddleware.PageBurst + lines, $"{lines} lines went out");
        }
    }

    [Fact]
    public void Refusals_BeyondThoseThatMayWait_AreHungUpOn()
    {
        PostAll(Places + FormReadingMiddleware.PageBurst);
        var (held, _) = PostAll(FormReadingMiddleware.MostHeld);
        var (beyond, _) = PostAll(3);

        Assert.DoesNotContain(held, post => post.RequestAborted.IsCancellationRequested);
        Assert.All(beyond, post => Assert.True(post.RequestAborted.IsCancellationRequested));
    }

    private (List<HttpContext> Posts, List<Task> Tasks) PostAll(int count)
    {
        var posts = Enumerable.Range(0, count).Select(HttpContext (_) => Post()).ToList();
        return (posts, posts.Select(_middleware.InvokeAsync).ToList());
    }

    /// <summary>A post from an address nobody else has.</summary>
    private DefaultHttpContext Post()
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseFeature>(new BegunResponse());
        http.Features.Set<IHttpRequestLifetimeFeature>(new Abortable());
        http.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new HashesPasswordsAttribute()), null));
        http.Request.Method = HttpMethods.Post;
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Connection.RemoteIpAddress = new IPAddress([10, 0, (byte)(++_addresses >> 8), (byte)_addresses]);
        return http;
    }

    private Task WorkAsync()
    {
        Interlocked.Increment(ref _inWork);
        return _answer.Task.WaitAsync(Cancel);
    }

    /// <summary>A response whose beginning the test says.</summary>
    private sealed class BegunResponse : HttpResponseFeature
    {
        private Func<Task> _onStarting = () => Task.CompletedTask;

        public override void OnStarting(Func<object, Task> callback, object state) => _onStarting = () => callback(state);

        public Task BeginAsync() => _onStarting();
    }

    private sealed class Abortable : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort() => RequestAborted = new CancellationToken(canceled: true);
    }
}
