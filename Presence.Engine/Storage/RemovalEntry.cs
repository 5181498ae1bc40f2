using Presence.Engine.Moderation;

namespace Presence.Engine.Storage;

/// <summary>A removal as it is kept.</summary>
/// <param name="Id">Rises with every removal.</param>
/// <param name="Removal">Who, where, until when, why.</param>
/// <param name="By">Who decided it: a moderator's email or a server key's name.</param>
/// <param name="At">When.</param>
public sealed record RemovalEntry(long Id, Removal Removal, string By, DateTimeOffset At);
