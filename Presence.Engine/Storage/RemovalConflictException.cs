namespace Presence.Engine.Storage;

/// <summary>Somebody else removed the same viewer from the same place since the decision was made. Nothing was changed.</summary>
public sealed class RemovalConflictException : Exception
{
    public RemovalConflictException(RemovalEntry current)
        : base($"{current.By} removed the viewer meanwhile.") => Current = current;

    /// <summary>What is in force.</summary>
    public RemovalEntry Current { get; }
}
