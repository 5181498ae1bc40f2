namespace Presence.Dashboard.Api.Contracts;

/// <summary>How many are in a room.</summary>
/// <param name="Count">All distinct viewers, users and guests; never capped.</param>
/// <param name="ReferenceTimestamp">The moment all of it is true of, at most a second ago.</param>
/// <param name="Sessions">Their sessions: tabs, devices.</param>
/// <param name="Guests">The viewers without an account.</param>
/// <param name="Hidden">The viewers all of whose sessions are in the background.</param>
/// <param name="Fading">The viewers whose heartbeats are overdue but who still count.</param>
/// <param name="Warming">After a restart, until one heartbeat interval has passed: viewers who left meanwhile may still be counted.</param>
/// <example>{"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z","sessions":1302,"guests":85,"hidden":131,"fading":12}</example>
internal sealed record CountReply(int Count, DateTimeOffset ReferenceTimestamp, int Sessions, int Guests, int Hidden, int Fading, bool? Warming);
