namespace Presence.Dashboard.Demo;

/// <summary>What a visit does next.</summary>
internal enum DemoStep
{
    SignIn,
    Heartbeat,
    Leave,

    /// <summary>Nothing more: the visit is over.</summary>
    End,
}
