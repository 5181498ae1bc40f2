namespace Presence.Dashboard.Simulation;

/// <summary>What a network does with a request and its answer.</summary>
internal enum PacketFate
{
    Passes,

    /// <summary>The server never sees it.</summary>
    RequestLost,

    /// <summary>The server acts on it, and the client never learns.</summary>
    AnswerLost,
}
