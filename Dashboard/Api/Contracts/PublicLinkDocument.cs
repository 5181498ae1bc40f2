namespace Presence.Dashboard.Api.Contracts;

/// <summary>A room's public link.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Link">Its code: what widgets are given, and what stands in the badge's address.</param>
/// <param name="ShowNames">Whether it also tells the names of some who watch.</param>
/// <param name="CreatedAt">Since when it is good.</param>
/// <param name="CreatedBy">Who made it: a moderator's email or a key's name.</param>
/// <example>{"roomId":"lobby","link":"7Zc1vB5nM8sD2fG4hJ6kL9pR","showNames":false,"createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}</example>
internal sealed record PublicLinkDocument(string RoomId, string Link, bool ShowNames, DateTimeOffset CreatedAt, string CreatedBy);
