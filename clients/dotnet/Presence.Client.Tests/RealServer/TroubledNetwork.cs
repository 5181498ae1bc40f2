using Presence.Client.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>
/// The network between a device and the product: it passes requests on and keeps a record of them, unless a test has some trouble
/// in mind for the next of a kind.
/// </summary>
/// <remarks>
/// What a client does with an answer it does before the passage counts as landed, so that a test which waits for all to land has
/// waited for the client too, however slow the machine.
/// </remarks>
internal sealed partial class TroubledNetwork(ManualTimeProvider clock, Func<Uri> server) : HttpMessageHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpMessageInvoker _wire = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private readonly Lock _lock = new();
    private readonly List<InFlightRequest> _passages = [];
    private readonly List<ResponseStream> _responses = [];
    private TaskCompletionSource? _allLanded;
    private int _underWay;

    public IReadOnlyList<InFlightRequest> Sent
    {
        get
        {
            lock (_lock)
                return [.. _passages];
        }
    }

    public IReadOnlyList<InFlightRequest> Beats => Of(request => request.IsBeat);

    public IReadOnlyList<InFlightRequest> Leaves => Of(request => request.IsLeave);

    public IReadOnlyList<InFlightRequest> Beacons => Of(request => request.IsBeacon);

    public IReadOnlyList<InFlightRequest> Streams => Of(request => request.IsStream);

    public IReadOnlyList<InFlightRequest> Counts => Of(request => request.IsCount);

    /// <summary>The event streams the server opened.</summary>
    public IReadOnlyList<ResponseStream> Responses
    {
        get
        {
            lock (_lock)
                return [.. _responses];
        }
    }

    /// <summary>Completes when nothing is under way but what a test holds back, and the client has done all it does of it.</summary>
    public async Task SettleAsync()
    {
        while (true)
        {
            Task landed;
            lock (_lock)
            {
                if (_underWay == 0)
                    return;
                _allLanded ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                landed = _allLanded.Task;
            }
            await landed.WaitAsync(Patience).ConfigureAwait(false);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var passage = new InFlightRequest(Copy(request, server(), cancellationToken), clock.GetUtcNow());
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        TakeOff(passage);
        _ = PassAsync(passage, TroubleFor(passage.Request), answer);
        return answer.Task;
    }

    protected override void Dispose(bool disposing)
    {
        _wire.Dispose();
        base.Dispose(disposing);
    }

    private async Task PassAsync(InFlightRequest passage, Trouble? trouble, TaskCompletionSource<HttpResponseMessage> answer)
    {
        using var givenUp = passage.Request.Cancelled.Register(() => answer.TrySetCanceled(passage.Request.Cancelled));
        try
        {
            var response = await (trouble is null ? ForwardAsync(passage) : trouble.Meet(passage)).ConfigureAwait(false);
            passage.AnsweredAt = clock.GetUtcNow();
            if (!answer.TrySetResult(response))
                response.Dispose();
        }
        catch (Exception exception)
        {
            answer.TrySetException(exception);
        }
        finally
        {
            Land();
        }
    }

    /// <summary>To the server and back. It is asked to the end, also where the client has given up.</summary>
    private async Task<HttpResponseMessage> ForwardAsync(InFlightRequest passage)
    {
        var response = await _wire.SendAsync(passage.Request.Message, CancellationToken.None).ConfigureAwait(false);
        passage.Status = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            var wire = new ResponseStream(await response.Content.ReadAsStreamAsync().ConfigureAwait(false));
            response.Content = new StreamContent(wire);
            lock (_lock)
                _responses.Add(wire);
        }
        else
        {
            await response.Content.LoadIntoBufferAsync().ConfigureAwait(false);
        }
        return response;
    }

    private void TakeOff(InFlightRequest? passage = null)
    {
        lock (_lock)
        {
            _underWay++;
            if (passage is not null)
                _passages.Add(passage);
        }
    }

    private void Land()
    {
        TaskCompletionSource? allLanded = null;
        lock (_lock)
        {
            if (--_underWay == 0)
                (allLanded, _allLanded) = (_allLanded, null);
        }
        allLanded?.SetResult();
    }

    private IReadOnlyList<InFlightRequest> Of(Func<SeenRequest, bool> takes) => [.. Sent.Where(passage => takes(passage.Request))];

    /// <summary>The client disposes of what it sent as soon as it has given up; the network may carry it still.</summary>
    private static SeenRequest Copy(HttpRequestMessage request, Uri server, CancellationToken cancelled)
    {
        var copy = new HttpRequestMessage(request.Method, new Uri(server, request.RequestUri!.PathAndQuery));
        foreach (var header in request.Headers)
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        byte[]? body = null;
        if (request.Content is { } content)
        {
            using var buffer = new MemoryStream();
            content.CopyTo(buffer, context: null, CancellationToken.None);
            body = buffer.ToArray();
            copy.Content = new ByteArrayContent(body);
            foreach (var header in content.Headers)
                copy.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        return new SeenRequest(
            request.Method.Method,
            request.RequestUri.PathAndQuery,
            request.Headers.Authorization?.Parameter ?? "",
            body is null ? null : System.Text.Encoding.UTF8.GetString(body),
            copy,
            cancelled);
    }
}
