namespace Presence.Client.Tests.RealServer;

/// <summary>One server for all rules: they run one after the other, and each moves its clock.</summary>
[CollectionDefinition(nameof(ScriptedServer), DisableParallelization = true)]
public sealed class ScriptedServerCollection : ICollectionFixture<ScriptedServer>;
