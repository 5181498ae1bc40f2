using System.Text.Json.Nodes;

namespace Presence.Dashboard.Tests.Support;

/// <summary>One event as a client reads it.</summary>
public sealed record StreamEvent(string Name, long? Id, JsonNode Data)
{
    public int Count => Data["count"]!.GetValue<int>();

    public string Mode => Data["mode"]!.GetValue<string>();

    public string UserId => Data["userId"]!.GetValue<string>();

    public override string ToString() => Name is "joined" or "left" ? $"{Name} {UserId} {Count}" : $"{Name} {Data["count"]}";
}
