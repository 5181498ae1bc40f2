namespace Presence.Client.Server;

/// <summary>A page of removals.</summary>
internal sealed class RemovalsAnswer
{
    public List<Removal>? Removals { get; init; }
    public string? Cursor { get; init; }
}
