using System.Text.Json.Nodes;

namespace Presence.Dashboard.Tests.Support;

/// <summary>One event as a client reads it.</summary>
public sealed record StreamEvent(string Name, long? Id, JsonNode Data)
{
    /// <summary>The id as it came.</summary>
    public string? Place { get; init; }

    public int Count => Data["count"]!.GetValue<int>();

    public string Mode => Data["mode"]!.GetValue<string>();

    public string UserId => Data["userId"]!.GetValue<string>();

    public override string ToString() => Name is "joined" or "left" ? $"{Name} {UserId} {Count}" : string.Join(' ', new[] { Name, $"{Data["roomId"]}", $"{Data["count"]}" }.Where(part => part.Length > 0));
}
