#if NETSTANDARD2_0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Presence.Client;

/// <summary>The calls in use here that .NET Standard 2.0 lacks, under the names they have in .NET. What the compiler needs comes from PolySharp.</summary>
internal static class NetStandard
{
    extension(ArgumentNullException)
    {
        public static void ThrowIfNull([NotNull] object? argument, [CallerArgumentExpression(nameof(argument))] string? name = null)
        {
            if (argument is null)
                throw new ArgumentNullException(name);
        }
    }

    extension(ArgumentException)
    {
        public static void ThrowIfNullOrEmpty([NotNull] string? argument, [CallerArgumentExpression(nameof(argument))] string? name = null)
        {
            ArgumentNullException.ThrowIfNull(argument, name);
            if (argument.Length == 0)
                throw new ArgumentException("The value cannot be an empty string.", name);
        }
    }

    public static Task<Stream> ReadAsStreamAsync(this HttpContent content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return content.ReadAsStreamAsync();
    }

    public static Task<int> ReadAsync(this Stream stream, byte[] buffer, CancellationToken cancellationToken) =>
        stream.ReadAsync(buffer, 0, buffer.Length, cancellationToken);
}

/// <summary>What <c>lock</c> takes: a plain object where the framework has no lock of its own.</summary>
internal sealed class Lock;
#endif
