namespace Presence.Dashboard.Hosting;

/// <summary>What is capped for the whole server and can be looked at while it fills.</summary>
public enum CapKind
{
    Rooms,
    Sessions,
    Streams,
    Pages,
    Connections,
}
