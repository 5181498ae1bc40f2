using Presence.Dashboard.Jobs;

namespace Presence.Dashboard.Live;

/// <summary>One scheduled job.</summary>
/// <param name="Name">As health names it.</param>
/// <param name="Latest">Its latest run since the server started.</param>
/// <param name="NextAt">When it runs next by itself; null for never.</param>
public sealed record JobReading(string Name, JobRun? Latest, DateTimeOffset? NextAt);
