using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>A room's public link as one moderator sees it.</summary>
/// <param name="Link">The link; null while the room has none.</param>
/// <param name="MayChange">Whether this moderator may make one or take it back.</param>
internal sealed record PublicLinkReading(PublicLink? Link, bool MayChange);
