using Microsoft.Extensions.Logging;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Holds a server at the moment it logs something, to look at it there.</summary>
public sealed class LogHold(string message) : ILoggerProvider, ILogger
{
    private readonly ManualResetEventSlim _released = new();

    public void Release() => _released.Set();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (formatter(state, exception).StartsWith(message, StringComparison.Ordinal))
            _released.Wait(TimeSpan.FromMinutes(1));
    }

    public void Dispose() => _released.Set();
}
