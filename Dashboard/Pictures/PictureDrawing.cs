using SkiaSharp;

namespace Presence.Dashboard.Pictures;

/// <summary>Makes a small picture of our own out of a file that a stranger chose. Nothing of the file itself is passed on.</summary>
internal static class PictureDrawing
{
    /// <summary>Width and height of what is drawn, in pixels.</summary>
    public const int Side = 96;

    /// <summary>Read from the file's head, before a pixel of it is decoded.</summary>
    public const int MostPixels = 8_000_000;

    /// <summary>For pictures that are all length.</summary>
    public const int LongestSide = 8_192;

    public const string ContentType = "image/webp";

    /// <summary>
    /// A progressive JPEG is decoded once for each scan in it, and 100 KB hold hundreds. Nothing interrupts the decoder, so they are
    /// counted before. Encoders write ten or so.
    /// </summary>
    private const int MostScans = 64;

    private const int Quality = 85;

    private static readonly byte[] StartOfScan = [0xFF, 0xDA];

    private static readonly SKEncodedImageFormat[] Formats = [SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Gif];

    /// <summary>The middle square of a picture, upright, on white; of an animated one its first frame.</summary>
    /// <returns>A WebP file; null when the file is no PNG, JPEG, WebP or GIF by its content, is damaged, or has too many pixels.</returns>
    /// <remarks><b>Cost.</b> Up to a second of CPU and some 50 MB: one at a time, and never on a request's thread.</remarks>
    public static byte[]? Draw(byte[] file)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(new SKMemoryStream(data));
        if (codec is null || !Formats.Contains(codec.EncodedFormat))
            return null;
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width > LongestSide || height > LongestSide || (long)width * height > MostPixels)
            return null;
        if (codec.EncodedFormat == SKEncodedImageFormat.Jpeg && file.AsSpan().Count(StartOfScan) > MostScans)
            return null;

        // JPEG and WebP can decode at a reduced size. Twice the target size leaves pixels to smooth.
        var scale = 2f * Side / Math.Min(width, height);
        var size = scale < 1 ? codec.GetScaledDimensions(scale) : codec.Info.Size;
        using var decoded = new SKBitmap();
        if (!decoded.TryAllocPixels(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul, SKColorSpace.CreateSrgb())) ||
            codec.GetPixels(decoded.Info, decoded.GetPixels()) != SKCodecResult.Success)
            return null;
        decoded.SetImmutable(); // otherwise drawing copies it
        return Encode(decoded, codec.EncodedOrigin);
    }

    private static byte[] Encode(SKBitmap decoded, SKEncodedOrigin origin)
    {
        var side = Math.Min(decoded.Width, decoded.Height);
        var middle = SKRect.Create((decoded.Width - side) / 2f, (decoded.Height - side) / 2f, side, side);
        using var image = SKImage.FromBitmap(decoded);
        using var surface = SKSurface.Create(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Premul, SKColorSpace.CreateSrgb()));
        surface.Canvas.Clear(SKColors.White); // hides the initials below
        surface.Canvas.Concat(Upright(origin)); // for a square, the order of turning and cropping doesn't matter
        surface.Canvas.DrawImage(image, middle, SKRect.Create(Side, Side), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var drawn = surface.Snapshot();
        using var encoded = drawn.Encode(SKEncodedImageFormat.Webp, Quality);
        return encoded.ToArray();
    }

    private static SKMatrix Upright(SKEncodedOrigin origin) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, Side, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, Side, 0, -1, Side, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, Side, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, Side, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, Side, -1, 0, Side, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, Side, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
