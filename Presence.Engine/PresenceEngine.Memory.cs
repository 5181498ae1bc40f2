namespace Presence.Engine;

/// <content>Memory: refusing what does not fit, giving back what a crowd that has gone left unused.</content>
public sealed partial class PresenceEngine
{
    /// <summary>Refuses sessions that are not there yet, because there is no memory for them. Those present go on. The host sets it.</summary>
    public bool IsMemoryShort
    {
        get => _network.IsMemoryShort;
        set => _network.IsMemoryShort = _onlineNetwork.IsMemoryShort = value;
    }

    /// <summary>Shrinks the tables that a crowd made large and that are mostly empty now.</summary>
    /// <remarks><para><b>Cost.</b> A glance at every room. Only tables with few entries are copied, in short holds of their lock.</para></remarks>
    public void Shrink()
    {
        _network.Users.Shrink();
        _onlineNetwork.Users.Shrink();
        foreach (var (_, room) in _rooms)
            room.Shrink();
        _online.Shrink();
    }
}
