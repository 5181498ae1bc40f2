using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A room and how many are in it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Title">What the catalogue calls it.</param>
/// <param name="Status">Whether it takes heartbeats or its broadcast is over.</param>
/// <param name="Enabled">Whether presence is on for it.</param>
/// <param name="Count">All distinct viewers.</param>
/// <param name="Hidden">The viewers all of whose sessions are in the background.</param>
/// <param name="Fading">The viewers whose heartbeats are overdue but who still count.</param>
/// <param name="Guests">The viewers without an account.</param>
/// <param name="Sessions">Their sessions: tabs, devices.</param>
/// <param name="Since">When the first of an unbroken line of viewers came; left out while nobody is there.</param>
/// <param name="Peak">The most viewers there were at once since then.</param>
internal sealed record RoomDocument(
    string RoomId,
    string? Title,
    [property: AllowedValues("live", "ended")] string Status,
    bool Enabled,
    int Count,
    int Hidden,
    int Fading,
    int Guests,
    int Sessions,
    DateTimeOffset? Since,
    int Peak);
