namespace Presence.Engine.Rooms;

/// <summary>Whether a room of the catalogue takes viewers. The numbers are stored.</summary>
public enum RoomStatus : byte
{
    /// <summary>It does. What a room outside the catalogue is.</summary>
    Live = 0,

    /// <summary>Its broadcast is over: heartbeats are refused (rule 19).</summary>
    Ended = 1,
}
