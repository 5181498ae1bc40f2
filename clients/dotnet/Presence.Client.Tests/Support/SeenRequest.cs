using System.Text.Json.Nodes;

namespace Presence.Client.Tests.Support;

/// <summary>A request as it arrived.</summary>
internal sealed record SeenRequest(string Method, string Path, string Token, string? Body, HttpRequestMessage Message, CancellationToken Cancelled)
{
    public JsonObject Json => JsonNode.Parse(Body!)!.AsObject();

    public bool IsBeat => Method == "POST" && Path.Split('?')[0].EndsWith("/heartbeat", StringComparison.Ordinal);

    public bool IsLeave => Method == "DELETE";

    public bool IsBeacon => Method == "POST" && Path.EndsWith("/leave", StringComparison.Ordinal);

    public bool IsStream => Path.Split('?')[0].EndsWith("/stream", StringComparison.Ordinal);

    public bool IsCount => Path.EndsWith("/users/count", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Path.Split('?')[0]}";
}
