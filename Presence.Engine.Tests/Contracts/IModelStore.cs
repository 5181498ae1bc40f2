namespace Presence.Engine.Tests.Contracts;

/// <summary>What a model run's engine is brought back from.</summary>
internal interface IModelStore : IDisposable
{
    /// <summary>Whether a session comes back in the state it was stored in when it came, or in the one it was in.</summary>
    bool RemembersFirstState { get; }

    /// <summary>Whether instants stay stored as the wall clock had them, so that a clock that jumps in between reorders who joined when.</summary>
    bool StoresInstants { get; }

    /// <summary>Begins with an engine nobody is in.</summary>
    void Attach(PresenceEngine engine);

    /// <summary>Puts everybody who was in the attached engine into a new one, which is attached from then on.</summary>
    void Restart(PresenceEngine next);
}
