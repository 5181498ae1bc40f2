using System.Diagnostics;

namespace Presence.Engine.Rooms;

/// <content>Whose turn it is: long work under the lock goes in slices, and lets heartbeats in between them.</content>
internal sealed partial class Room
{
    /// <summary>After so many spins, the last of which sleep, the work continues: a waiting thread that doesn't run blocks no one.</summary>
    private const int MostSpins = 24;

    private int _waiting;

    /// <summary>Waits for the lock as one that <see cref="LetWaitersIn"/> gives way to.</summary>
    private void EnterAfterWait()
    {
        var since = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _waiting);
        _lock.Enter();
        Interlocked.Decrement(ref _waiting);
        _network.Metrics?.WaitedSince(since);
    }

    /// <summary>Called before the next slice, without the lock: waits a moment while another thread waits for it.</summary>
    /// <remarks>
    /// A lock that is left and entered again at once stays with its thread: by the time the one that waits has woken it is
    /// taken, which goes on for 100 ms until the runtime steps in.
    /// </remarks>
    private void LetWaitersIn()
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref _waiting) > 0 && spin.Count < MostSpins)
            spin.SpinOnce();
    }
}
