namespace Presence.Dashboard.Simulation;

/// <summary>Hears what passes between one viewer and the server, as it happens. Called on any thread, for one request after the other or several at once.</summary>
internal interface ITrafficListener
{
    /// <summary>A request or an answer was lost on purpose.</summary>
    void Lost();

    void Sending(Passage passage);

    void Answered(Passage passage, int status, ReadOnlyMemory<byte> body);

    /// <summary>Nobody knows whether the server acted on it.</summary>
    void Unanswered(Passage passage);
}
