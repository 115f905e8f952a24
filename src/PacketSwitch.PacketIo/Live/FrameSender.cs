// Hands a burst of frames to a packet socket with as few system calls as the kernel allows. Used by
// InterfacePort.Send on any thread; holds no state. The message headers live on the caller's stack,
// so nothing is allocated.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>Sending through sendmmsg.</summary>
internal static unsafe class FrameSender
{
    /// <summary>
    /// Sends the frames in order and marks those the kernel refused. Returns how many were sent,
    /// and their bytes. A full queue is waited for a bounded time.
    /// </summary>
    /// <param name="descriptor">The packet socket.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="withMetadata">Whether the socket takes a virtio header before each
    /// frame.</param>
    /// <param name="bytes">Bytes of the frames that were sent.</param>
    [SkipLocalsInit]
    public static int Send(
        int descriptor, Span<FrameDescriptor> frames, bool withMetadata, out long bytes)
    {
        MessageEntry* messages = stackalloc MessageEntry[IoLimits.SendBatchFrames];
        BufferEntry* buffers = stackalloc BufferEntry[IoLimits.SendBatchFrames];
        int sent = 0;
        bytes = 0;
        for (int first = 0; first < frames.Length; first += IoLimits.SendBatchFrames)
        {
            Span<FrameDescriptor> batch =
                frames.Slice(first, Math.Min(IoLimits.SendBatchFrames, frames.Length - first));
            if (withMetadata) DescribeWithMetadata(batch, messages, buffers);
            else Describe(batch, messages, buffers);
            sent += SendBatch(descriptor, batch, messages, ref bytes);
        }
        return sent;
    }

    /// <summary>Has the runtime look up now what a full queue calls, not in the middle of a
    /// burst.</summary>
    public static void Prepare()
    {
        WaitForRoom(-1, LibC.ErrorTryAgain, 1);
        WaitForRoom(-1, LibC.ErrorNoBuffers, 1);
    }

    private static void Describe(
        Span<FrameDescriptor> batch, MessageEntry* messages, BufferEntry* buffers)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            buffers[i].Base = (void*)batch[i].Address;
            buffers[i].Length = (nuint)batch[i].Length;
            messages[i] = default;
            messages[i].Buffers = buffers + i;
            messages[i].BufferCount = 1;
        }
    }

    // The virtio header is written where the socket wants it, right before the frame, into the room
    // that every frame has there (Limits.FrameHeadroomBytes): the kernel copies one piece quicker
    // than two.
    private static void DescribeWithMetadata(
        Span<FrameDescriptor> batch, MessageEntry* messages, BufferEntry* buffers)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            ref FrameDescriptor frame = ref batch[i];
            var header = (VirtioHeader*)(frame.Address - sizeof(VirtioHeader));
            *header = default;
            if (frame.Checksum == ChecksumState.Partial || frame.SegmentType != 0)
            {
                WriteHeader(header, ref frame);
            }
            buffers[i].Base = header;
            buffers[i].Length = (nuint)(sizeof(VirtioHeader) + frame.Length);
            messages[i] = default;
            messages[i].Buffers = buffers + i;
            messages[i].BufferCount = 1;
        }
    }

    private static void WriteHeader(VirtioHeader* header, ref FrameDescriptor frame)
    {
        if (frame.Checksum == ChecksumState.Partial)
        {
            header->Flags = VirtioHeader.NeedsChecksum;
            header->ChecksumStart = frame.ChecksumStart;
            header->ChecksumOffset = frame.ChecksumOffset;
        }
        if (frame.SegmentType == 0) return;
        header->SegmentType = frame.SegmentType;
        header->SegmentSize = frame.SegmentSize;
        header->HeaderLength = HeaderBytes(ref frame);
    }

    // Up to the end of the TCP or UDP header (RFC 9293 section 3.1: the data offset counts words);
    // 0 where it is not known, which the kernel takes too.
    private static ushort HeaderBytes(ref FrameDescriptor frame)
    {
        const int udpHeader = 8, tcpDataOffset = 12, leastTcpHeader = 20;
        int start = frame.ChecksumStart;
        if (start == 0 || start + leastTcpHeader > frame.Length) return 0;
        bool isUdp = (frame.SegmentType & ~VirtioHeader.SegmentEcn) == VirtioHeader.SegmentUdp;
        int header = isUdp
            ? udpHeader
            : (((byte*)frame.Address)[start + tcpDataOffset] >> 4) * sizeof(uint);
        return (ushort)Math.Min(start + header, frame.Length);
    }

    // sendmmsg stops at the first frame that fails and tells the error only when that frame is the
    // first of a call; so a refused frame costs one more call, and the frames behind it keep their
    // order.
    private static int SendBatch(
        int descriptor, Span<FrameDescriptor> batch, MessageEntry* messages, ref long bytes)
    {
        int sent = 0, tries = 0;
        for (int next = 0; next < batch.Length;)
        {
            int done = LibC.sendmmsg(
                descriptor, messages + next, (uint)(batch.Length - next), LibC.DoNotWait);
            if (done > 0)
            {
                for (int end = next + done; next < end; next++)
                {
                    batch[next].Failed = false;
                    bytes += batch[next].Length;
                }
                sent += done;
                tries = 0;
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            bool isInterfaceError = IsInterfaceError(error);
            int mostTries = isInterfaceError ? 2 : IsPassing(error) ? IoLimits.SendTries : 1;
            if (++tries < mostTries)
            {
                if (!isInterfaceError) WaitForRoom(descriptor, error, tries);
                continue;
            }
            tries = 0;
            int failed = isInterfaceError ? batch.Length - next : 1;
            for (; failed > 0; failed--) batch[next++].Failed = true;
        }
        return sent;
    }

    private static bool IsPassing(int error) =>
        error is LibC.ErrorTryAgain or LibC.ErrorNoBuffers or LibC.ErrorInterrupted;

    // The first of these may be old: a socket whose interface was down tells so once more after it
    // came back.
    private static bool IsInterfaceError(int error) =>
        error is LibC.ErrorNetworkDown or LibC.ErrorNoDevice or LibC.ErrorNoDeviceOrAddress;

    // EAGAIN: the socket's share is used up until the interface has sent; the kernel tells when.
    // ENOBUFS: the interface's queue is full, which nothing tells.
    private static void WaitForRoom(int descriptor, int error, int tries)
    {
        if (error == LibC.ErrorTryAgain)
        {
            var entry = new PollEntry { Descriptor = descriptor, Events = LibC.PollOut };
            _ = LibC.poll(&entry, 1, 1);
        }
        else
        {
            Thread.SpinWait(50 * tries);
        }
    }
}
