namespace Presence.Dashboard.Api.Contracts;

internal sealed record RoomDocument(
    string RoomId,
    string? Title,
    string Status,
    bool Enabled,
    int Count,
    int Hidden,
    int Fading,
    int Guests,
    int Sessions,
    DateTimeOffset? Since,
    int Peak);
