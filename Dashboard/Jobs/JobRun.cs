namespace Presence.Dashboard.Jobs;

/// <summary>One run of a job.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="Took">How long it took; null while it runs.</param>
/// <param name="IsFailed">Whether it did not do what it is for.</param>
/// <param name="Result">Says what it did, or why it could not, in the culture of whoever asks; null while it runs.</param>
public sealed record JobRun(DateTimeOffset StartedAt, TimeSpan? Took, bool IsFailed, Func<string>? Result)
{
    public bool IsRunning => Took is null;
}
