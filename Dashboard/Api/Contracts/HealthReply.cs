using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>How the server is.</summary>
/// <param name="Status">The verdict.</param>
/// <param name="Loops">The background loops; only for a server key.</param>
/// <example>{"status":"healthy"}</example>
internal sealed record HealthReply([property: AllowedValues("live", "healthy", "degraded")] string Status, IReadOnlyList<HealthReply.Loop>? Loops)
{
    /// <summary>Work that repeats in the background.</summary>
    /// <param name="Name">What it does.</param>
    /// <param name="Healthy">Whether its last pass went well.</param>
    /// <param name="LastError">What went wrong last.</param>
    /// <param name="LastErrorAt">When.</param>
    /// <param name="LastSuccessAt">When a pass last went well.</param>
    internal sealed record Loop(string Name, bool Healthy, string? LastError, DateTimeOffset? LastErrorAt, DateTimeOffset? LastSuccessAt);
}
