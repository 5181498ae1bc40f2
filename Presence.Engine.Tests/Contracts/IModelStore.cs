namespace Presence.Engine.Tests.Contracts;

/// <summary>What a model run's engine is brought back from.</summary>
internal interface IModelStore : IDisposable
{
    /// <summary>
    /// Whether a session comes back as it was stored when it came: its first state, and the instant the wall clock showed
    /// then. Otherwise everybody is stored anew as they are.
    /// </summary>
    bool StoresJoins { get; }

    /// <summary>Begins with an engine nobody is in.</summary>
    void Attach(PresenceEngine engine);

    /// <summary>Puts everybody who was in the attached engine into a new one, which is attached from then on.</summary>
    void Restart(PresenceEngine next);
}
