using System.Net;
using System.Text;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

internal sealed partial class TroubledNetwork
{
    private readonly List<Trouble> _troubles = [];

    /// <summary>The next requests of a kind cannot be sent.</summary>
    public void Refuse(Func<SeenRequest, bool> takes, int times = 1) =>
        Meet(takes, _ => throw new HttpRequestException("No route to the server."), times);

    /// <summary>The next requests of a kind are lost on their way, and nobody says so.</summary>
    public void Lose(Func<SeenRequest, bool> takes, int times = 1) => Meet(takes, NeverAsync, times);

    /// <summary>The server takes the next request of a kind; its answer is lost.</summary>
    public void LoseAnswer(Func<SeenRequest, bool> takes) => Meet(takes, async passage =>
    {
        (await ForwardAsync(passage).ConfigureAwait(false)).Dispose();
        return await NeverAsync(passage).ConfigureAwait(false);
    });

    /// <summary>The server takes the next request of a kind; the connection breaks before its answer is here.</summary>
    public void BreakAnswer(Func<SeenRequest, bool> takes) => Meet(takes, async passage =>
    {
        (await ForwardAsync(passage).ConfigureAwait(false)).Dispose();
        throw new HttpRequestException("The connection was reset.");
    });

    /// <summary>The server takes the next request of a kind at once; its answer takes so long, by the device's clock.</summary>
    public void DelayAnswer(Func<SeenRequest, bool> takes, TimeSpan delay) => Meet(takes, async passage =>
    {
        var response = await ForwardAsync(passage).ConfigureAwait(false);
        var isOver = new TaskCompletionSource();
        using var timer = clock.CreateTimer(_ => isOver.TrySetResult(), state: null, delay, Timeout.InfiniteTimeSpan);
        await HoldAsync(isOver.Task).ConfigureAwait(false);
        return response;
    });

    /// <summary>Somebody between here and the server answers the next requests of a kind.</summary>
    public void Answer(Func<SeenRequest, bool> takes, Func<HttpResponseMessage> answer, int times = 1) => Meet(takes, _ => Task.FromResult(answer()), times);

    /// <summary>The next request of a kind reaches the server when the test says so; never, when the client gives it up before.</summary>
    public TaskCompletionSource Hold(Func<SeenRequest, bool> takes)
    {
        var released = new TaskCompletionSource();
        Meet(takes, async passage =>
        {
            using var givenUp = passage.Request.Cancelled.Register(() => released.TrySetCanceled());
            await HoldAsync(released.Task).ConfigureAwait(false);
            return await ForwardAsync(passage).ConfigureAwait(false);
        });
        return released;
    }

    /// <summary>Something keeps the events of the next stream to itself.</summary>
    public void SilenceNextStream() => Meet(request => request.IsStream, async passage =>
    {
        var response = await ForwardAsync(passage).ConfigureAwait(false);
        Responses[^1].Silence();
        return response;
    });

    /// <summary>All is well again.</summary>
    public void Heal()
    {
        lock (_lock)
            _troubles.Clear();
    }

    public static HttpResponseMessage Page(HttpStatusCode status, string? retryAfter = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent("<html><h1>Welcome to our hotel</h1></html>", Encoding.UTF8, "text/html") };
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return response;
    }

    private void Meet(Func<SeenRequest, bool> takes, Func<InFlightRequest, Task<HttpResponseMessage>> meet, int times = 1)
    {
        lock (_lock)
            _troubles.Add(new Trouble(takes, meet) { TimesLeft = times });
    }

    private Trouble? TroubleFor(SeenRequest request)
    {
        lock (_lock)
        {
            var trouble = _troubles.Find(candidate => candidate.TimesLeft > 0 && candidate.Takes(request));
            if (trouble is not null)
                trouble.TimesLeft--;
            return trouble;
        }
    }

    /// <summary>While a test holds it back, it is not under way.</summary>
    private async Task HoldAsync(Task until)
    {
        Land();
        try
        {
            await until.ConfigureAwait(false);
        }
        finally
        {
            TakeOff();
        }
    }

    private async Task<HttpResponseMessage> NeverAsync(InFlightRequest passage)
    {
        var givenUp = new TaskCompletionSource();
        using var registration = passage.Request.Cancelled.Register(() => givenUp.TrySetCanceled());
        await HoldAsync(givenUp.Task).ConfigureAwait(false);
        throw new OperationCanceledException(passage.Request.Cancelled);
    }

    private sealed record Trouble(Func<SeenRequest, bool> Takes, Func<InFlightRequest, Task<HttpResponseMessage>> Meet)
    {
        public int TimesLeft { get; set; }
    }
}
