namespace Presence.Dashboard.Api.Contracts;

/// <param name="Detail">The field and the rule, or other particulars.</param>
/// <param name="Until">When a removal ends.</param>
/// <param name="Reason">What a removed viewer is told.</param>
/// <param name="RoomIds">The rooms that were refused, where a request names several.</param>
internal sealed record ErrorDetail(string? Detail, DateTimeOffset? Until = null, string? Reason = null, IReadOnlyList<string>? RoomIds = null);
