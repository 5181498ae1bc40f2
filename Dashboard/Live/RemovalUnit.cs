namespace Presence.Dashboard.Live;

/// <summary>What a length of one's own is counted in.</summary>
internal enum RemovalUnit
{
    Minutes,
    Hours,
    Days,
}
