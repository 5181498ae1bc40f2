namespace Presence.Simulation;

/// <summary>One viewer's way to the server: loses requests and answers, breaks off for good, and tells what passes.</summary>
/// <param name="shared">The connections all viewers have in common.</param>
/// <param name="conditions">How it is.</param>
/// <param name="traffic">Hears what passes; null when nobody does.</param>
internal sealed class SimulatedNetwork(HttpMessageHandler shared, NetworkConditions conditions, ITrafficListener? traffic = null) : DelegatingHandler(shared)
{
    private readonly CancellationTokenSource _isCut = new();

    /// <summary>From now on nothing passes, in either direction: a closed lid, a train in a tunnel.</summary>
    public void Cut() => _isCut.Cancel();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ThrowIf(_isCut.IsCancellationRequested);
        var fate = conditions.Next();
        if (fate == PacketOutcome.RequestLost)
            traffic?.Lost();
        ThrowIf(fate == PacketOutcome.RequestLost);

        var passage = new InFlightRequest(request, conditions.Time.GetTimestamp());
        traffic?.Sending(passage);
        using var passing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _isCut.Token);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, passing.Token);
            var body = await response.Content.ReadAsByteArrayAsync(passing.Token); // latency includes the last byte; the client reads the body from memory
            if (fate == PacketOutcome.AnswerLost)
                traffic?.Lost();
            ThrowIf(fate == PacketOutcome.AnswerLost);
            traffic?.Answered(passage, (int)response.StatusCode, body);
            return response;
        }
        catch
        {
            response?.Dispose();
            traffic?.Unanswered(passage);
            throw;
        }
    }

    private static void ThrowIf(bool lost)
    {
        if (lost)
            throw new HttpRequestException("The simulated network lost it.");
    }
}

/// <summary>How bad networks are at the moment.</summary>
/// <param name="time">The clock latencies are measured by.</param>
/// <param name="share">The share of requests that are lost, one way or the other half each.</param>
internal sealed class NetworkConditions(TimeProvider time, double share)
{
    private double _lossy = share;

    public static NetworkConditions Perfect(TimeProvider time) => new(time, share: 0);

    public TimeProvider Time => time;

    /// <summary>Everything passes from now on.</summary>
    public void Clear() => Volatile.Write(ref _lossy, 0);

    public PacketOutcome Next()
    {
        var lossy = Volatile.Read(ref _lossy);
        if (lossy == 0)
            return PacketOutcome.Passes;
        var chance = Random.Shared.NextDouble();
        return chance >= lossy ? PacketOutcome.Passes : chance < lossy / 2 ? PacketOutcome.RequestLost : PacketOutcome.AnswerLost;
    }
}
