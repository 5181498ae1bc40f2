using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>A request of the client's on its way through the network, and what became of it.</summary>
internal sealed class InFlightRequest(SeenRequest request, DateTimeOffset sentAt)
{
    public SeenRequest Request => request;

    /// <summary>By the device's clock, as all here.</summary>
    public DateTimeOffset SentAt => sentAt;

    /// <summary>When the client had an answer, from whomever; null while it has none.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>What the server answered; null when it was not asked.</summary>
    public int? Status { get; set; }

    public string? State => (string?)request.Json["state"];

    public override string ToString() => $"{request} {Status}";
}
