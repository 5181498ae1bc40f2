namespace Presence.Dashboard.Live;

/// <summary>Whether the test room heard from a client.</summary>
/// <param name="Viewers">Who is in it now.</param>
/// <param name="Since">When the first of them came; null while nobody is.</param>
/// <param name="IsEnabled">Whether heartbeats are taken at all.</param>
/// <param name="At">The moment all of it is true of.</param>
public sealed record ConnectReading(int Viewers, DateTimeOffset? Since, bool IsEnabled, DateTimeOffset At);
