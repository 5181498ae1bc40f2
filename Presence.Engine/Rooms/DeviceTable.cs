using System.Collections.Concurrent;

namespace Presence.Engine.Rooms;

/// <summary>Every device and app version that was said, once: a session keeps a number of two bytes.</summary>
/// <remarks>
/// <para><b>Bound.</b> <paramref name="capacity"/> pairs, at most 65,000; whoever comes with one more is <see cref="SessionDevice.Other"/>.
/// Pairs are never forgotten: an audience has some hundred of them, and counting who still uses which would cost each join.</para>
/// <para><b>Threads.</b> Any. Reading takes no lock.</para>
/// </remarks>
internal sealed class DeviceTable(int capacity)
{
    private const ushort Unsaid = 0;
    private const ushort Other = 1;

    private readonly ConcurrentDictionary<SessionDevice, ushort> _numbers = new();
    private readonly Lock _lock = new();
    private SessionDevice[] _devices = [default, SessionDevice.Other];
    private int _count = 2;

    /// <summary>The number of a pair; given out when it is new.</summary>
    public ushort NumberOf(SessionDevice device)
    {
        if (!device.IsSaid)
            return Unsaid;
        return _numbers.TryGetValue(device, out var number) ? number : Add(device);
    }

    public SessionDevice this[ushort number] => Volatile.Read(ref _devices)[number];

    private ushort Add(SessionDevice device)
    {
        lock (_lock)
        {
            if (_numbers.TryGetValue(device, out var number))
                return number;
            if (_count - 2 >= capacity)
                return Other;
            number = (ushort)_count++;
            var devices = _devices;
            if (number == devices.Length)
                Array.Resize(ref devices, 2 * devices.Length);
            devices[number] = device;
            Volatile.Write(ref _devices, devices); // before anybody can come with its number
            _numbers[device] = number;
            return number;
        }
    }
}
