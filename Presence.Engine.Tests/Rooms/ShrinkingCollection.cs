namespace Presence.Engine.Tests.Rooms;

/// <summary>Tests that weigh the process run while no other test does.</summary>
[CollectionDefinition(nameof(ShrinkingTests), DisableParallelization = true)]
public sealed class ShrinkingCollection;
