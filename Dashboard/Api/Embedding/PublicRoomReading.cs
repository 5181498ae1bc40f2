namespace Presence.Dashboard.Api.Embedding;

/// <summary>What a public link tells of its room at one moment.</summary>
/// <param name="RoomId">The room; for the server alone.</param>
/// <param name="Count">How many watch.</param>
/// <param name="At">The moment.</param>
/// <param name="Names">Names of some who watch, the last to join first; null unless the link shows names.</param>
internal sealed record PublicRoomReading(string RoomId, int Count, DateTimeOffset At, IReadOnlyList<string>? Names);
