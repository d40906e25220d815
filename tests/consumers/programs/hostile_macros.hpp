#pragma once

// Names that <windows.h> and similar headers define as macros: code that uses them does not
// compile.

#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define small char
#define near
#define far
#define pascal
#define cdecl
#define interface struct
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define NEAR
#define FAR
#define THIS !
#define CALLBACK !
#define ABSOLUTE 1
#define RELATIVE 2
#define ALTERNATE 1
#define DELETE (0x00010000L)
#define DIFFERENCE 11
#define DOMAIN 1
#define ERROR 0
#define FALSE 0
#define IGNORE 0
#define INFINITE 0xFFFFFFFF
#define NOERROR 0
#define NO_ERROR 0L
#define OVERFLOW 3
#define PASSTHROUGH 19
#define STATUS_PENDING 0x103
#define STATUS_TIMEOUT 0x102
#define STRICT 1
#define TRANSPARENT 1
#define TRUE 1
#define UNKNOWN !
#define CreateEvent CreateEventW
#define CreateFile CreateFileW
#define DeleteFile DeleteFileW
#define GetClassName GetClassNameW
#define GetCurrentTime() 0
#define GetJob GetJobW
#define GetMessage GetMessageW
#define GetObject GetObjectW
#define GetUserName GetUserNameW
#define LoadString LoadStringW
#define SendMessage SendMessageW
#define StartService StartServiceW
#define Yield()
// <X11/Xlib.h>
#define Bool int
#define False 0
#define None 0L
#define Status int
#define Success 0
#define True 1
// <sys/sysmacros.h>, <curses.h>, <AssertMacros.h>
#define major(x) 0
#define minor(x) 0
#define timeout(x) 0
#define check !
#define verify !
