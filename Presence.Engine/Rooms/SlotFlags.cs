namespace Presence.Engine.Rooms;

[Flags]
internal enum SlotFlags : byte
{
    None = 0,
    Lead = 1,
    Guest = 2,
    Fading = 4,
}
