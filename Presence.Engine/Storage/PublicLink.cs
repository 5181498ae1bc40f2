namespace Presence.Engine.Storage;

/// <summary>Lets whoever has it see how many watch one room, without signing in, until it is taken back.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Code">What the address holds; cannot be guessed and says nothing of the room.</param>
/// <param name="ShowsNames">Whether it also tells the names of some who watch.</param>
/// <param name="CreatedAt">Since when it is good.</param>
/// <param name="CreatedBy">Who made it: a moderator's email or a server key's name.</param>
public sealed record PublicLink(string RoomId, string Code, bool ShowsNames, DateTimeOffset CreatedAt, string CreatedBy);
