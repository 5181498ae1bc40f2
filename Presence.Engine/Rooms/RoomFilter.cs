namespace Presence.Engine.Rooms;

/// <summary>Which of the rooms to list.</summary>
public enum RoomFilter
{
    /// <summary>All with viewers; in an order by change also those that lost their last within the minute.</summary>
    All,

    /// <summary>Those with more viewers than a minute ago.</summary>
    Growing,

    /// <summary>Those with fewer; nobody may be left, where somebody was there within the last minute.</summary>
    Falling,

    /// <summary>Those with a guest in them.</summary>
    WithGuests,

    /// <summary>Those the catalogue switched off, one by one; nobody is in them.</summary>
    SwitchedOff,
}
