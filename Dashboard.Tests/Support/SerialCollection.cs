using Presence.Dashboard.Tests.Api;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Tests that measure the process run while no other test does.</summary>
[CollectionDefinition(nameof(HeartbeatBytesTests), DisableParallelization = true)]
public sealed class SerialCollection;
