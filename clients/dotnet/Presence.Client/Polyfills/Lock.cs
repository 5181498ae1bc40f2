namespace System.Threading;

/// <summary>What <c>lock</c> takes since .NET 9, over a monitor.</summary>
internal sealed class Lock
{
    private readonly object _monitor = new();

    public Scope EnterScope()
    {
        Monitor.Enter(_monitor);
        return new Scope(_monitor);
    }

    public readonly ref struct Scope(object entered)
    {
        public void Dispose() => Monitor.Exit(entered);
    }
}
