namespace Presence.Dashboard.Hosting;

/// <summary>Whether restored state is in place. Until then only <c>/health/live</c> answers: an empty room could be a wrong answer.</summary>
internal sealed class PresenceReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    public void MarkReady() => _ready.TrySetResult();
}
