namespace Presence.Dashboard.Api.Contracts;

/// <param name="Status"><c>live</c>, <c>healthy</c> or <c>degraded</c>.</param>
/// <param name="Loops">The background loops; only for a server key.</param>
internal sealed record HealthReply(string Status, IReadOnlyList<HealthReply.Loop>? Loops)
{
    internal sealed record Loop(string Name, bool Healthy, string? LastError, DateTimeOffset? LastErrorAt, DateTimeOffset? LastSuccessAt);
}
